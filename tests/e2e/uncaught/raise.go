// One way per argument for a panic to end, or not to end, a Go program. Lines that panic say so at their end.
package main

import (
	"fmt"
	"os"
	"sync"
)

//go:noinline
func share(order string) {
	panic(fmt.Errorf("%s is shared by nobody", order)) // share
}

//go:noinline
func index(orders []int, number int) int {
	return orders[number] // index
}

func caught() {
	defer func() { fmt.Println("caught", recover()) }()
	share("caught")
}

func main() {
	switch os.Args[1] {
	case "uncaught":
		share("uncaught")
	case "index":
		index([]int{1, 2, 3}, len(os.Args)+3)
	case "goroutine":
		var group sync.WaitGroup
		group.Add(1)
		go share("goroutine")
		group.Wait()
	case "caught":
		caught()
	}
}
