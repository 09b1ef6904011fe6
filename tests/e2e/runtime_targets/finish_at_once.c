/* Under the name of an interpreter: its error comes with its first instructions. */
__attribute__((noinline)) void PyErr_PrintEx(int is_kept)
{
	__asm__ volatile("" ::"r"(is_kept));
}

int main(void)
{
	PyErr_PrintEx(1);
	return 0;
}
