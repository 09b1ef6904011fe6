/*
 * The folders and files of the crash spool, and why one cannot be used. A folder belongs to one
 * destination and one living limpet: it is ours, not a link, and locked while its descriptor is
 * open. A file is complete or not there: written under another name, synced, renamed.
 */
#ifndef DELIVERY_SPOOL_FOLDER_H
#define DELIVERY_SPOOL_FOLDER_H

#include <stddef.h>
#include <stdint.h>
#include "base/byte_buffer.h"

#define MAX_SPOOL_FOLDER_NAME 64

/* Folders of one destination: as many limpets can keep crashes for it at once. */
#define MAX_SPOOL_FOLDERS 8

/* The directory all of them are in, made when it is missing. ret_error: path, cause and mend. */
int spool_folder_open_base(int *ret_fd, const char *directory, char *ret_error, size_t error_size);

/* The folder of a destination: its name and a hash of where it sends to. */
void spool_folder_name(char ret_name[MAX_SPOOL_FOLDER_NAME], const char *exporter_name,
		       const char *identity);

/* That folder, locked; when another limpet has it the next free one, whose name it is then. */
int spool_folder_open(int *ret_fd, char name[MAX_SPOOL_FOLDER_NAME], int base_fd, char *ret_error,
		      size_t error_size);

/* Moves what a limpet that is no more left in the destination's other folders into this one. */
void spool_folder_adopt(int fd, const char *own_name, int base_fd);

/* -EEXIST: it is there already; otherwise what the disk said. Nothing is left of a failure. */
int spool_folder_write(int fd, const char *file_name, struct view bytes);

/* Replaces the buffer's content. -EFBIG beyond its cap, -ELOOP or -EINVAL: not a file of ours. */
int spool_folder_read(int fd, const char *file_name, struct byte_buffer *buffer);

/* Calls for every entry of the folder. */
int spool_folder_list(int fd, void (*visit)(void *self, const char *file_name), void *self);

#endif
