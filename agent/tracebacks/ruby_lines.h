/* Single lines of Ruby's reports: places, heads, class names. Pure; views into the text given. */
#ifndef TRACEBACKS_RUBY_LINES_H
#define TRACEBACKS_RUBY_LINES_H

#include "base/view.h"

/* "app.rb:3:in `total'", since 3.4 "app.rb:3:in 'Shop#total'"; of a file that does not parse
 * "app.rb:3". */
struct ruby_place {
	struct view file;
	uint32_t line;
	struct view label; /* "block in total"; empty when there is none */
	size_t size;       /* bytes of the text it took */
};

enum ruby_head_kind {
	RUBY_HEAD_NONE,
	RUBY_HEAD_PLACE,    /* "app.rb:3:in `m': divided by 0 (ZeroDivisionError)" */
	RUBY_HEAD_SYNTAX,   /* "app.rb:3: syntax error, …" */
	RUBY_HEAD_THREAD,   /* "#<Thread:0x… app.rb:1 run> terminated with exception …" */
	RUBY_HEAD_REVERSED, /* "Traceback (most recent call last):", 2.5 to 2.7 on a terminal */
	RUBY_HEAD_LOGGED,   /* class and message by a logger or framework; frames must follow */
};

struct ruby_head {
	enum ruby_head_kind kind;
	struct ruby_place place;
	struct view type; /* empty: it was not printed */
	struct view value;
	struct view thread_name;
	bool is_open; /* LOGGED: the message goes on */
};

/* At the start of the text. */
bool ruby_lines_read_place(struct view text, struct ruby_place *ret);
/* The whole line is a place, with or without "from", indented or not. */
bool ruby_lines_read_frame(struct view line, struct ruby_place *ret);
/* "  3: from app.rb:9:in `<main>'" of a reversed trace. */
bool ruby_lines_read_reversed_frame(struct view line, struct ruby_place *ret);
/* " ... 10908 levels..." */
bool ruby_lines_read_levels(struct view line, uint32_t *ret_count);
/* False: RUBY_HEAD_NONE. */
bool ruby_lines_read_head(struct view line, struct ruby_head *ret);

/* "Shop::Error": constants joined by "::". */
bool ruby_lines_is_class(struct view text);

#endif
