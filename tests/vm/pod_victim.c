// SPDX-License-Identifier: Apache-2.0
/* What a pod's neighbour dies of: a null pointer, in a function with a name. */
__attribute__((noinline)) static int fall_beside_the_pod(const volatile int *price)
{
	return *price + 1;
}

int main(void)
{
	return fall_beside_the_pod(0);
}
