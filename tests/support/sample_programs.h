/* Exceptions of languages with compiled programs, for sample_exception.h. */
#ifndef SUPPORT_SAMPLE_PROGRAMS_H
#define SUPPORT_SAMPLE_PROGRAMS_H

#include "sample_scripts.h"

static inline void sample_java(struct crash *crash)
{
	struct exception *raised = sample_raise(crash, RELATION_RAISED, NO_PARENT,
						"IllegalStateException", "cannot total the order");
	struct exception *suppressed = sample_raise(crash, RELATION_SUPPRESSED, 0, "IOException",
						    "close failed\nand more of it");
	struct exception *cause =
		sample_raise(crash, RELATION_CAUSE, 0, "NullPointerException", "");

	raised->module = VIEW_LITERAL("java.lang");
	sample_frame(raised, true, "total", "Order.java", 42)->module =
		VIEW_LITERAL("com.shop.Order");
	sample_frame(raised, false, "run", "Thread.java", 840)->module =
		VIEW_LITERAL("java.lang.Thread");
	suppressed->module = VIEW_LITERAL("java.io");
	sample_frame(suppressed, true, "close", "Basket.java", 7)->module =
		VIEW_LITERAL("com.shop.Basket");
	suppressed->left_out = 2;
	cause->module = VIEW_LITERAL("java.lang");
	sample_frame(cause, false, "invoke0", "", 0)->module =
		VIEW_LITERAL("jdk.internal.reflect.Native");
	cause->frames[0].is_native = true;
	crash->language = LANGUAGE_JAVA;
	crash->level = LEVEL_ERROR;
	crash->mechanism = "UncaughtExceptionHandler";
	crash->exception_thread_name = VIEW_LITERAL("worker-1");
}

static inline void sample_go(struct crash *crash)
{
	struct exception *raised =
		sample_raise(crash, RELATION_RAISED, NO_PARENT, "panic",
			     "runtime error: invalid memory address or nil pointer dereference");
	struct exception_thread *threads =
		arena_allocate(&crash->arena, 2 * sizeof(struct exception_thread));
	struct exception other = {.frames_capacity = 2};

	assert(threads);
	sample_frame(raised, true, "total", "/src/shop/main.go", 31)->module = VIEW_LITERAL("main");
	sample_frame(raised, false, "HandlerFunc.ServeHTTP", "/usr/lib/go/src/net/http/server.go",
		     2122)
		->module = VIEW_LITERAL("net/http");
	other.frames = arena_allocate(&crash->arena, 2 * sizeof(*other.frames));
	assert(other.frames);
	sample_frame(&other, false, "netpollblock", "/usr/lib/go/src/runtime/netpoll.go", 573)
		->module = VIEW_LITERAL("runtime");
	threads[0] = (struct exception_thread){.id = 1,
					       .state = VIEW_LITERAL("IO wait, 2 minutes"),
					       .frames = other.frames,
					       .frames_count = 1,
					       .frames_capacity = 2};
	threads[1] = (struct exception_thread){.id = 4714, .name = VIEW_LITERAL("janitor")};
	crash->exception_threads = threads;
	crash->exception_threads_count = 2;
	crash->exception_thread_id = 34;
	crash->language = LANGUAGE_GO;
	crash->level = LEVEL_FATAL;
	crash->mechanism = "panic";
}

/* Died of it: the stack is the crash's. */
static inline void sample_cpp(struct crash *crash)
{
	sample_raise(crash, RELATION_RAISED, NO_PARENT, "std::out_of_range",
		     "vector::_M_range_check");
	sample_crash_images(crash);
	sample_crash_threads(crash);
	crash->signal = SIGABRT;
	crash->code = SI_TKILL;
	crash->signal_name = "SIGABRT";
	crash->code_name = "SI_TKILL";
	crash->language = LANGUAGE_CPP;
	crash->level = LEVEL_FATAL;
	crash->mechanism = "terminate";
	crash->exception_source = "output+probe";
}

#endif
