/*
 * A library of the C++ crash target's own: an exception flies through it.
 */
#include "crash_cpp_library.h"

namespace library
{

static volatile int served;

__attribute__((noinline, noclone, noipa)) static void serve_one(void (*customer)(int), int number)
{
	customer(number);
	served = served + 1;
}

__attribute__((noinline, noclone, noipa)) void serve(void (*customer)(int))
{
	for (int number = 0; number < 3; number++)
		serve_one(customer, number);
	served = served + 1;
}

} // namespace library
