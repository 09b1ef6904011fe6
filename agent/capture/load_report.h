/*
 * What libbpf says while programs are loaded and attached. It returns one error for all of them;
 * which program it was, and why, only its messages tell. They are read for that, and go to the log
 * one level lower: what matters of them is said again by whoever gives up. Capture thread.
 */
#ifndef CAPTURE_LOAD_REPORT_H
#define CAPTURE_LOAD_REPORT_H

#include <bpf/libbpf.h>
#include <stdarg.h>

/* For libbpf_set_print. */
int load_report_print(enum libbpf_print_level level, const char *format, va_list args);

/* Nothing failed so far. */
void load_report_reset(void);

/* The program that failed last, by its name in the object; "": none was named. */
const char *load_report_program(void);

#endif
