/* What a profile is called in output: names of frames, words, and what is said of its losses. */
#ifndef MODEL_PROFILE_TEXT_H
#define MODEL_PROFILE_TEXT_H

#include "model/profile.h"

#define PROFILE_NAME_ROOM (MAX_PROFILE_NAME_BYTES + 32)

/* Where the instruction of a frame is, in the address space its image is described in. */
uint64_t profile_text_address(const struct profile *profile, const struct profile_frame *frame);

/* The function; where it is not known "libfoo.so+0x1f", "[jit]+0x7f00", "[unknown]+0x7f00". In
 * `room` when it had to be made. As the program has it: to be escaped by whoever writes it. */
struct view profile_text_frame(const struct profile *profile, const struct profile_frame *frame,
			       char room[PROFILE_NAME_ROOM]);

/* Its name, else its number. */
struct view profile_text_thread(const struct profile_thread *thread, char room[PROFILE_NAME_ROOM]);

/* Samples that were taken and are not here; and those here that are not whole. */
uint64_t profile_text_lost(const struct profile *profile);
uint64_t profile_text_cut(const struct profile *profile);

/* More than 5 % of the samples were lost: whoever shows it says so. */
bool profile_text_is_lossy(const struct profile *profile);

/* "native", "kernel", "jit", "interpreted", "synthetic". */
const char *profile_text_kind(enum profile_frame_kind kind);

/* "ring", "unwind", "samples", "unwind_failed" …: keys in output; and a few words for people. */
const char *profile_text_loss(enum profile_loss loss);
const char *profile_text_loss_words(enum profile_loss loss);

#endif
