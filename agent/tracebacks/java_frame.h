/*
 * One "	at …" line of a Java stack, as Throwable, logback and log4j print it.
 */
#ifndef TRACEBACKS_JAVA_FRAME_H
#define TRACEBACKS_JAVA_FRAME_H

#include "model/exception.h"

/* Views are the line's. False: it is no such line. */
bool java_frame_parse(struct view line, struct exception_frame *ret_frame);

/* "... 23 more", "... 4 common frames omitted", "... 3 frames truncated": how many. */
bool java_frame_parse_omission(struct view line, uint32_t *ret_count);

/* "com.shop.Cart$Item" and the like: names joined by dots, no spaces. How long it is at the start
 * of the text; 0: there is none. */
size_t java_frame_class_size(struct view text);

#endif
