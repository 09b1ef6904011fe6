/* Privileges that came with the executable file, as in the container image. */
#ifndef BASE_FILE_CAPABILITIES_H
#define BASE_FILE_CAPABILITIES_H

/*
 * What is permitted becomes effective. An image marks limpet with the permitted set alone, so that
 * it also starts where the container allows less; whoever runs it as root or with ambient ones has
 * them in force already. 0, or -errno: then nothing has changed.
 */
int file_capabilities_raise(void);

#endif
