/*
 * One "   at …" line of a .NET stack.
 */
#ifndef TRACEBACKS_DOTNET_FRAME_H
#define TRACEBACKS_DOTNET_FRAME_H

#include "model/exception.h"

/* Views are the line's. False: it is no such line. */
bool dotnet_frame_parse(struct view line, struct exception_frame *ret_frame);

#endif
