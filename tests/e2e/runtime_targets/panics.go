// How Go programs end by panics, and how they do not: one word says which. Each waits for a line first.
package main

import (
	"bufio"
	"errors"
	"os"
	"sync"
)

type custom struct{ text string }

func (c *custom) Error() string { return "custom: " + c.text }

func down(depth int, value any) int {
	if depth == 0 {
		panic(value)
	}
	return down(depth-1, value) + 1
}

func recovered() {
	defer func() { _ = recover() }()
	down(2, "inner")
}

func main() {
	var group sync.WaitGroup
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	switch os.Args[1] {
	case "string":
		down(3, "a string")
	case "error":
		down(3, errors.New("an error"))
	case "custom":
		down(3, &custom{"x"})
	case "int":
		down(3, -42)
	case "nil":
		var c *custom
		println(c.text)
	case "index":
		println(os.Args[len(os.Args)+3])
	case "recovered":
		recovered()
	case "again":
		recovered()
		down(3, "outer")
	case "goroutine":
		group.Add(1)
		go func() { down(1, "in a goroutine") }()
		group.Wait()
	case "deadlock":
		group.Add(1)
		group.Wait()
	}
}
