/* Single lines of PHP's reports: places, frames, heads. Pure; views into the text given. */
#ifndef TRACEBACKS_PHP_LINES_H
#define TRACEBACKS_PHP_LINES_H

#include "base/view.h"

struct php_place {
	struct view file;
	uint32_t line;
};

/* "#0 /srv/app/x.php(9): Shop\Cart->total('a', 1)": a place, and what was called there. */
struct php_frame {
	struct php_place place;
	struct view function; /* "Shop\Cart->total"; arguments are left out */
	bool is_internal;     /* "[internal function]": no place */
	bool is_main;         /* "{main}" */
};

enum php_head_kind {
	PHP_HEAD_NONE,
	PHP_HEAD_UNCAUGHT, /* "PHP Fatal error:  Uncaught Class: message in file:3" */
	PHP_HEAD_FATAL,    /* "PHP Fatal error:  message in file on line 3" */
	PHP_HEAD_PARSE,    /* "PHP Parse error:  message in file on line 3" */
	PHP_HEAD_STRING,   /* (string)$e: "Class: message in file:3" */
	PHP_HEAD_OBJECT,   /* Monolog: "[object] (Class(code: 0): message at file:3)" */
	PHP_HEAD_SYMFONY,  /* 'Uncaught PHP Exception Class: "message" at file line 3' */
};

struct php_head {
	enum php_head_kind kind;
	struct view type; /* FATAL and PARSE: what stands for it */
	struct view value;
	bool has_place; /* UNCAUGHT: only if the line ends with one; value is without it */
	struct php_place place;
	bool is_html;
	struct view rest; /* OBJECT: of the line, behind the parenthesis */
};

/* False: PHP_HEAD_NONE. */
bool php_lines_read_head(struct view line, struct php_head *ret);
/* "Class: message[ in file:3]" or "Class in file:3", as in a head or behind "Next ". */
bool php_lines_read_exception(struct view text, struct php_head *ret);
/* The next "[object] (…)" in the text. */
bool php_lines_read_object(struct view text, struct php_head *ret);
/* Cuts " in file:3" off the end of the text. */
bool php_lines_cut_place(struct view *text, struct php_place *ret);
bool php_lines_read_frame(struct view line, struct php_frame *ret);
/* "  thrown in file on line 3" */
bool php_lines_is_thrown(struct view line);

#endif
