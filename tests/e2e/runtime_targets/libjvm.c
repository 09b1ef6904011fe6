/* A library with the name and the functions that uprobes on a JVM look for: where there is no JVM,
 * and to call them often. */
void thread_exit(void) __asm__("_ZN10JavaThread4exitEbNS_8ExitTypeE");

void thread_exit(void)
{
	__asm__ volatile("" ::: "memory");
}
