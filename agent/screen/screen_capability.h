/* Can a full screen be shown here: terminals on both ends, and one whose cursor can be placed? */
#ifndef SCREEN_SCREEN_CAPABILITY_H
#define SCREEN_SCREEN_CAPABILITY_H

#include <stdbool.h>

bool screen_capability_is_there(int in_fd, int out_fd);

#endif
