/// Random numbers that nobody can guess, from the kernel: for tickets and nonces.
package typealias SystemRandom = SystemRandomNumberGenerator
