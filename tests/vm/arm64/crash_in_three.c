// SPDX-License-Identifier: Apache-2.0
/* Dies three calls deep: what test_arm64.sh expects to be named. */
#include <stddef.h>

__attribute__((noinline)) static int innermost(volatile int *place)
{
	return *place + 1;
}

__attribute__((noinline)) static int middle(volatile int *place)
{
	return innermost(place) * 3;
}

int main(void)
{
	return middle(NULL) - 1;
}
