#ifndef CLIBEDIT_SHIM_H
#define CLIBEDIT_SHIM_H

#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <wchar.h>

// Swift cannot call variadic functions: one inline function for each list of arguments that the line editor uses.
// The narrow el_set is used where the text is ASCII of our own; libedit copies it.

// The two callback types that the public header lacks.
typedef unsigned char (*cle_key_function)(EditLine *, wint_t);
typedef wchar_t *(*cle_prompt_function)(EditLine *);

// Hidden by wchar.h without _XOPEN_SOURCE, which a module cannot count on.
extern int wcwidth(wchar_t character);

static inline int cle_set_client_data(EditLine *el, void *data) { return el_set(el, EL_CLIENTDATA, data); }

static inline void *cle_client_data(EditLine *el) {
  void *data = NULL;
  return el_get(el, EL_CLIENTDATA, &data) == 0 ? data : NULL;
}

static inline int cle_set_reader(EditLine *el, el_rfunc_t reader) { return el_wset(el, EL_GETCFN, reader); }

static inline int cle_set_prompt(EditLine *el, cle_prompt_function prompt) { return el_wset(el, EL_PROMPT, prompt); }

static inline int cle_set_flag(EditLine *el, int option, int value) { return el_set(el, option, value); }

static inline int cle_set_editor(EditLine *el, const char *name) { return el_set(el, EL_EDITOR, name); }

static inline int cle_is_vi(EditLine *el) {
  const char *name = NULL;
  return el_get(el, EL_EDITOR, &name) == 0 && name != NULL && name[0] == 'v';
}

static inline int cle_add_function(EditLine *el, const char *name, const char *help, cle_key_function function) {
  return el_set(el, EL_ADDFN, name, help, function);
}

static inline int cle_bind(EditLine *el, const char *key, const char *function) {
  return el_set(el, EL_BIND, key, function, (char *)NULL);
}

static inline int cle_bind_command(EditLine *el, const char *key, const char *function) {
  return el_set(el, EL_BIND, "-a", key, function, (char *)NULL);
}

static inline int cle_set_terminal(EditLine *el, const char *mode, const char *change) {
  return el_set(el, EL_SETTY, mode, change, (char *)NULL);
}

/* Libedit takes "co" for the rows and "li" for the columns, or, where that is mended, the other way round. */
static inline int cle_set_screen(EditLine *el, const char *rows_and_columns) {
  return el_set(el, EL_SETTC, "co", rows_and_columns, (char *)NULL) |
         el_set(el, EL_SETTC, "li", rows_and_columns, (char *)NULL);
}

static inline int cle_set_history(EditLine *el, HistoryW *history) {
  return el_wset(el, EL_HIST, history_w, history);
}

static inline int cle_history_number(HistoryW *history, int operation, int value) {
  HistEventW event;
  return history_w(history, &event, operation, value);
}

static inline int cle_history_enter(HistoryW *history, const wchar_t *line) {
  HistEventW event;
  return history_w(history, &event, H_ENTER, line);
}

static inline int cle_history_clear(HistoryW *history) {
  HistEventW event;
  return history_w(history, &event, H_CLEAR);
}

#endif
