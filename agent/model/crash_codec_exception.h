/* The exceptions of a crash in its file: the chain, the other threads of its report and what was
 * said of how it came to be known. A part of crash_codec.c's walk. */
#ifndef MODEL_CRASH_CODEC_EXCEPTION_H
#define MODEL_CRASH_CODEC_EXCEPTION_H

#include "model/byte_walk.h"
#include "model/crash.h"

void crash_codec_exception_pass(struct byte_walk *walk, struct crash *crash);

#endif
