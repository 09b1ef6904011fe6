/*
 * An exception of a language runtime, as its own report or the runtime itself told it. A chain of
 * them belongs to a struct crash (model/crash.h): the one that was raised last stands first, the
 * others say whose cause they are. Everything in it comes from the program and is hostile.
 */
#ifndef MODEL_EXCEPTION_H
#define MODEL_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/view.h"
#include "shared/limits.h"

#define MAX_EXCEPTIONS        16  /* of one chain or group */
#define MAX_EXCEPTION_FRAMES  256 /* of one exception: the outermost and innermost half stay */
#define MAX_EXCEPTION_THREADS 64
#define MAX_EXCEPTION_VALUE   8192 /* bytes of a message; what is longer is cut */
#define MAX_EXCEPTION_TEXT    65536
#define NO_PARENT             UINT32_MAX

enum exception_language {
	LANGUAGE_UNKNOWN,
	LANGUAGE_PYTHON,
	LANGUAGE_NODE,
	LANGUAGE_JAVA,
	LANGUAGE_GO,
	LANGUAGE_RUBY,
	LANGUAGE_PHP,
	LANGUAGE_DOTNET,
	LANGUAGE_CPP,
	LANGUAGE_RUST,
	LANGUAGE_PERL,
	LANGUAGES_COUNT,
};

/* How an exception stands to its parent. */
enum exception_relation {
	RELATION_RAISED,     /* the first one: it has no parent */
	RELATION_CAUSE,      /* the parent was raised because of it (`from e`, Caused by) */
	RELATION_CONTEXT,    /* the parent was raised while it was handled */
	RELATION_SUPPRESSED, /* Java: it was thrown on the way out and set aside */
	RELATION_MEMBER,     /* of an exception group */
};

struct exception_frame {
	struct view function; /* "Shop.total", "divide_by_zero"; empty: the top level of a file, or
				 not known */
	struct view module;   /* Java: the class; Go: the package; Python: empty in text */
	struct view file;     /* as printed */
	struct view short_file; /* relative to its package or project, for people and grouping;
				   empty: the same as file (set by the exceptions room) */
	uint32_t line;          /* 0: not known */
	uint32_t column;        /* from 1; 0: not known */
	uint32_t repeats;       /* folded recursion: this many more frames like this one */
	bool is_in_app;         /* set by the exceptions room */
	bool is_native;         /* of the runtime itself, without a source file */
	/* Source around the line, when it could be read; or as the report printed it. */
	struct view context_line;
	struct view *before; /* in the order of the file */
	struct view *after;
	uint8_t before_count, after_count;
};

struct exception {
	struct view type; /* "ZeroDivisionError", without its module; "panic" where there is none */
	struct view module; /* "json.decoder", "java.lang"; empty: none, or a builtin */
	struct view value;  /* the message; may have several lines; may be empty */
	enum exception_relation relation;
	uint32_t parent; /* index in the chain, smaller than its own; NO_PARENT for the first */
	bool is_group;
	struct exception_frame *frames; /* the innermost first, as in crash_thread */
	uint32_t frames_count;
	uint32_t frames_capacity;
	uint32_t left_out; /* frames that the report itself did not print ("... 12 more") */
};

/* Another thread of execution that the report tells of (Go's other goroutines). */
struct exception_thread {
	uint64_t id;
	struct view name;  /* may be empty */
	struct view state; /* "chan receive"; may be empty */
	struct exception_frame *frames;
	uint32_t frames_count;
	uint32_t frames_capacity;
};

/* What can be said of how it came to be known, before it is known how things went on. */
enum exception_manner {
	MANNER_PRINTED,    /* a report, by whomever: the runtime that gives up, or a handler */
	MANNER_UNCAUGHT,   /* by the runtime: nobody took it, the process ends */
	MANNER_THREAD,     /* the same for a thread: the process lives on */
	MANNER_UNOBSERVED, /* a task or promise that nobody waited for */
	MANNER_LOGGED,     /* somebody caught it and wrote it down */
};

/* Sentry's platform: "python", "node", "java", "go", "ruby", "php", "csharp", "native", "perl";
 * "other" when not known. */
const char *exception_platform(enum exception_language language);

/* "python", "javascript", "c++" …: telemetry.sdk.language's words where there are some. */
const char *exception_language_word(enum exception_language language);

/* Whether people name a type with its module before it: "java.lang.Error". Ruby's types have it in
 * them already. */
bool exception_has_qualified_types(enum exception_language language);

/* "java.lang.Error", "Shop::Error": the type as people name it, in the arena where it is joined. */
struct view exception_qualified_type(const struct exception *exception,
				     enum exception_language language, struct arena *arena);

/* What stands between a module and a function: "Shop#total", "com.shop.Order.total"; NULL where
 * functions go by their own names (Python, Node). */
const char *exception_function_separator(enum exception_language language);

#endif
