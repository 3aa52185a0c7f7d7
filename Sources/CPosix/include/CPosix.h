#ifndef CPOSIX_H
#define CPOSIX_H
// What Linux offers and Swift cannot import: control-message macros, ioctls with arguments, socket constants.
#endif
