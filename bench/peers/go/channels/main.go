// Channels, driven by standard input: for each line "CASE SECONDS" it runs that case for about so long and prints
// {"operations": …, "seconds": …}.
package main

import (
	"bufio"
	"fmt"
	"os"
	"time"
)

// How many operations pass between two looks at the clock.
const batch = 4096

var cases = map[string]func(more func() bool) int{
	"ping-pong":     pingPong,
	"rendezvous":    func(more func() bool) int { return produce(make(chan int), more) },
	"buffered-1024": func(more func() bool) int { return produce(make(chan int, 1024), more) },
	"select-2":      func(more func() bool) int { return selecting(2, more) },
	"select-4":      func(more func() bool) int { return selecting(4, more) },
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		var name string
		var seconds float64
		fmt.Sscan(input.Text(), &name, &seconds)
		run := cases[name]
		if run == nil {
			fmt.Printf("{\"error\":\"unknown case %s\"}\n", name)
			continue
		}
		began := time.Now()
		end := began.Add(time.Duration(seconds * float64(time.Second)))
		operations := run(func() bool { return time.Now().Before(end) })
		fmt.Printf("{\"operations\":%d,\"seconds\":%.6f}\n", operations, time.Since(began).Seconds())
	}
}

// One operation is a value there and one back.
func pingPong(more func() bool) int {
	there, back := make(chan int), make(chan int)
	go func() {
		for v := range there {
			back <- v
		}
	}()
	operations := 0
	for more() {
		for i := 0; i < batch; i++ {
			there <- i
			<-back
		}
		operations += batch
	}
	close(there)
	return operations
}

// One operation is a value handed over.
func produce(values chan int, more func() bool) int {
	go func() {
		defer close(values)
		for more() {
			for i := 0; i < batch; i++ {
				values <- i
			}
		}
	}()
	operations := 0
	for range values {
		operations++
	}
	return operations
}

// One operation is a select that received; as many producers as channels.
func selecting(width int, more func() bool) int {
	quit := make(chan struct{})
	var channels [4]chan int
	for i := range channels {
		channels[i] = make(chan int, 64)
		if i < width {
			go feed(channels[i], quit)
		}
	}
	operations := 0
	for more() {
		for i := 0; i < batch; i++ {
			if width == 2 {
				select {
				case <-channels[0]:
				case <-channels[1]:
				}
				continue
			}
			select {
			case <-channels[0]:
			case <-channels[1]:
			case <-channels[2]:
			case <-channels[3]:
			}
		}
		operations += batch
	}
	close(quit)
	return operations
}

func feed(values chan<- int, quit <-chan struct{}) {
	for i := 0; ; i++ {
		select {
		case values <- i:
		case <-quit:
			return
		}
	}
}
