/* What ncurses is asked for; it decides what really has to be written. */
#include "screen/screen_terminal.h"

#include <curses.h>
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "screen/screen_state.h"

#define ESCAPE_MS 25 /* a lone Esc, and not the beginning of a key */

static SCREEN *terminal;

int screen_terminal_begin(void)
{
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal)
		return -EIO;
	(void)cbreak(); /* Ctrl-C stays what it is */
	(void)noecho();
	(void)nonl();
	(void)keypad(stdscr, TRUE);
	(void)set_escdelay(ESCAPE_MS);
	(void)curs_set(0);
	(void)leaveok(stdscr, TRUE);
	if (!has_colors())
		return 0;
	(void)start_color();
	(void)use_default_colors();
	(void)init_pair(COLOUR_RED, COLOR_RED, -1);
	(void)init_pair(COLOUR_GREEN, COLOR_GREEN, -1);
	(void)init_pair(COLOUR_YELLOW, COLOR_YELLOW, -1);
	(void)init_pair(COLOUR_BLUE, COLOR_BLUE, -1);
	(void)init_pair(COLOUR_CYAN, COLOR_CYAN, -1);
	return 0;
}

void screen_terminal_end(void)
{
	if (!terminal)
		return;
	(void)endwin();
	delscreen(terminal);
	terminal = NULL;
}

/* Asked of the terminal each time: no signal has to be caught. */
void screen_terminal_size(uint32_t *ret_rows, uint32_t *ret_columns)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col &&
	    (size.ws_row != LINES || size.ws_col != COLS))
		(void)resizeterm(size.ws_row, size.ws_col);
	*ret_rows = (uint32_t)LINES;
	*ret_columns = (uint32_t)COLS;
}

static attr_t attribute_of(const struct screen_cell *cell, bool has_colours)
{
	attr_t attribute = cell->is_inverse ? A_REVERSE : A_NORMAL;

	if (cell->colour == COLOUR_BOLD)
		attribute |= A_BOLD;
	else if (cell->colour == COLOUR_DIM)
		attribute |= cell->is_inverse ? A_NORMAL : A_DIM;
	else if (cell->colour != COLOUR_PLAIN && has_colours && has_colors())
		attribute |= COLOR_PAIR(cell->colour);
	return attribute;
}

void screen_terminal_show(const struct screen_buffer *screen, bool has_colours)
{
	(void)erase();
	for (uint32_t row = 0; row < screen->rows && row < (uint32_t)LINES; row++) {
		for (uint32_t column = 0; column < screen->columns && column < (uint32_t)COLS;
		     column++) {
			const struct screen_cell *cell = screen_buffer_cell(screen, row, column);

			if (!cell->text[0])
				continue;
			(void)attrset(attribute_of(cell, has_colours));
			(void)mvaddstr((int)row, (int)column, cell->text);
		}
	}
	(void)attrset(A_NORMAL);
	(void)refresh();
}

static uint32_t translate(int key)
{
	static const struct {
		int theirs;
		uint32_t ours;
	} keys[] = {
		{KEY_UP, KEY_OF_UP},         {KEY_DOWN, KEY_OF_DOWN},
		{KEY_LEFT, KEY_OF_LEFT},     {KEY_RIGHT, KEY_OF_RIGHT},
		{KEY_PPAGE, KEY_OF_PAGE_UP}, {KEY_NPAGE, KEY_OF_PAGE_DOWN},
		{KEY_HOME, KEY_OF_HOME},     {KEY_END, KEY_OF_END},
		{KEY_ENTER, KEY_OF_ENTER},   {'\r', KEY_OF_ENTER},
		{'\n', KEY_OF_ENTER},        {KEY_BACKSPACE, KEY_OF_BACKSPACE},
		{0x7f, KEY_OF_BACKSPACE},    {'\b', KEY_OF_BACKSPACE},
		{0x1b, KEY_OF_ESCAPE},       {'\t', KEY_OF_TAB},
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].theirs == key)
			return keys[i].ours;
	return key > 0 && key < 0x100 ? (uint32_t)key : 0;
}

uint32_t screen_terminal_key(int timeout_ms)
{
	int key;

	timeout(timeout_ms);
	key = getch();
	return key == ERR ? 0 : translate(key);
}
