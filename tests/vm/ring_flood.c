/*
 * Fills the ring of traffic: connection after connection of bytes that no protocol begins with,
 * each as much as goes up of one whose protocol is not known. For check_discovery.py, in a guest.
 * usage: ring_flood SECONDS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PIECE_BYTES 8192
#define PIECES      8

int main(int argc, char **argv)
{
	static char piece[PIECE_BYTES];
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 1);
	unsigned long rounds = 0;
	int pair[2];

	memset(piece, 0xee, sizeof(piece));
	for (; time(NULL) < end; rounds++) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
			return 1;
		for (int i = 0; i < PIECES; i++)
			if (write(pair[0], piece, sizeof(piece)) != PIECE_BYTES ||
			    read(pair[1], piece, sizeof(piece)) <= 0)
				return 1;
		(void)close(pair[0]);
		(void)close(pair[1]);
	}
	printf("%lu\n", rounds);
	return 0;
}
