/* Asks the description of the terminal. In a file of its own: <term.h> takes many a short word. */
#include "screen/screen_capability.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

bool screen_capability_is_there(int in_fd, int out_fd)
{
	const char *name = getenv("TERM");
	bool is_there;
	int error;

	if (!isatty(in_fd) || !isatty(out_fd) || !name || !name[0] || strcmp(name, "dumb") == 0)
		return false;
	if (setupterm(name, out_fd, &error) != OK)
		return false;
	is_there = cursor_address && clear_screen;
	(void)del_curterm(cur_term);
	return is_there;
}
