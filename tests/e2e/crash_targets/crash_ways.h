/*
 * The crash target: one program that dies in the way its first argument names, always below the
 * same six functions, so that its stack can be compared frame by frame. It knows nothing of limpet.
 * Functions of a stack are never inlined, cloned or left by a jump.
 */
#ifndef CRASH_WAYS_H
#define CRASH_WAYS_H

#define FRAME __attribute__((noinline, noclone, noipa))

/* Written after every call, so that no call is the last thing its function does. */
extern volatile int depth;

/* The second argument: a library for the ways that load one. */
extern const char *way_argument;

struct shelf {
	int rows;
	int articles;
};
extern struct shelf *volatile missing_shelf; /* NULL */

/* Six functions deep, then way(). */
void open_shop(void (*way)(void));

/* Faults of the processor's own: crash_faults.c. */
void read_null(void);
void write_read_only(void);
void overflow_stack(void);
void overflow_stack_widely(void);
void divide_by_zero(void);
void read_past_file(void);
void run_illegal_instruction(void);
void run_breakpoint(void);
void call_null(void);
void jump_to_data(void);
void read_wild_address(void);
void crash_jitted_code(void);

/* Ends by abort: crash_aborts.c. */
void fail_assertion(void);
void abort_plainly(void);
void free_twice(void);
void corrupt_heap(void);

/* Signals handled, blocked, ignored: crash_dispositions.c. */
void crash_in_usr1(void);
void reset_and_return(void);
void reset_and_raise(void);
void exit_on_other_stack(void);
void crash_with_blocked_signal(void);
void crash_with_ignored_signal(void);
void recover_and_leave(void);
void recover_and_fail(void);
void recover_and_crash(void);
void recover_and_abort(void);
void recover_and_raise(void);
void violate_seccomp(void);
void exceed_file_size(void);
void quit_itself(void);
void write_broken_pipe(void);
void exit_with_three(void);
void crash_undumpable(void);

/* Threads, children, libraries: crash_processes.c. */
void crash_second_thread(void);
void overflow_thread_stack(void);
void crash_child(void);
void wait_to_be_killed(void);
void crash_in_library(void);
void crash_in_deleted_library(void);
void crash_unlinked(void);
void exit_with_threads(void);
void exec_with_threads(void);

#endif
