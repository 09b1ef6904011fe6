/*
 * A library of the C++ crash target's own: an exception flies through it.
 */
#ifndef CRASH_CPP_LIBRARY_H
#define CRASH_CPP_LIBRARY_H

namespace library
{
void serve(void (*customer)(int));
}

#endif
