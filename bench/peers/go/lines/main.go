// Lines back as they came: "scanner" as the book's reverb does it, a bufio.Scanner and a Fprintln each line; "writer"
// through a bufio.Writer that is flushed when no more input is buffered.
package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	handle := map[string]func(net.Conn){"scanner": scanner, "writer": writer}[os.Args[1]]
	if handle == nil {
		log.Fatalf("lines: unknown mode %q", os.Args[1])
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "listening on %s\n", listener.Addr())
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Print(err)
			continue
		}
		go func() {
			defer conn.Close()
			handle(conn)
		}()
	}
}

func scanner(conn net.Conn) {
	input := bufio.NewScanner(conn)
	for input.Scan() {
		fmt.Fprintln(conn, input.Text())
	}
}

func writer(conn net.Conn) {
	input, output := bufio.NewReader(conn), bufio.NewWriter(conn)
	for {
		line, err := input.ReadString('\n')
		if err != nil {
			return
		}
		output.WriteString(line)
		if input.Buffered() > 0 {
			continue
		}
		if output.Flush() != nil {
			return
		}
	}
}
