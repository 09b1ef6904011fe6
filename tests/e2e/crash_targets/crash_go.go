// The crash target in Go: the runtime catches every fault itself and leaves with status 2. usage: crash_go WAY
package main

import (
	"errors"
	"fmt"
	"os"
	"time"
)

type shelf struct {
	rows     [4]int
	articles int
}

var depth int
var missing *shelf
var oneByOne chan bool

//go:noinline
func readNil() {
	depth += missing.articles
	depth++
}

//go:noinline
func panicPlainly() {
	panic(errors.New("the shop has no owner"))
}

//go:noinline
func indexBeyondEnd() {
	articles := []int{1, 2, 3}
	depth += articles[7+depth]
	depth++
}

//go:noinline
func recoverThenLeave() {
	for i := 0; i < 3; i++ {
		recoverOnce()
	}
	depth++
}

//go:noinline
func recoverOnce() {
	defer func() {
		if recovered := recover(); recovered != nil {
			depth = 0
		}
	}()
	readNil()
}

//go:noinline
func crashGoroutine() {
	oneByOne = make(chan bool)
	for i := 0; i < 8; i++ {
		go func(number int) {
			if number == 2 {
				time.Sleep(20 * time.Millisecond)
				openShop(readNil)
			}
			<-oneByOne
		}(i)
	}
	<-oneByOne
}

//go:noinline
func leave() {
	os.Exit(0)
}

//go:noinline
func leaveWithThree() {
	fmt.Fprintln(os.Stderr, "cannot open the shop: no key")
	os.Exit(3)
}

//go:noinline
func openShop(way func()) {
	serveCustomer(way)
	depth++
}

//go:noinline
func serveCustomer(way func()) {
	takeOrder(way)
	depth++
}

//go:noinline
func takeOrder(way func()) {
	findArticle(way)
	depth++
}

//go:noinline
func findArticle(way func()) {
	countStock(way)
	depth++
}

//go:noinline
func countStock(way func()) {
	readShelf(way)
	depth++
}

//go:noinline
func readShelf(way func()) {
	way()
	depth++
}

var ways = map[string]func(){
	"nil":       readNil,
	"panic":     panicPlainly,
	"index":     indexBeyondEnd,
	"recover":   recoverThenLeave,
	"goroutine": crashGoroutine,
	"leave":     leave,
	"exit":      leaveWithThree,
}

func main() {
	if len(os.Args) > 1 {
		if way, isKnown := ways[os.Args[1]]; isKnown {
			openShop(way)
			os.Exit(0)
		}
	}
	fmt.Fprintln(os.Stderr, "usage: crash_go WAY")
	os.Exit(2)
}
