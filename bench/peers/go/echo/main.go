// Echo, a goroutine a connection: "loop" reads and writes with a buffer of its own, "copy" is io.Copy.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

const bufferSize = 64 << 10

func main() {
	echo := map[string]func(net.Conn){"loop": loop, "copy": func(c net.Conn) { io.Copy(c, c) }}[os.Args[1]]
	if echo == nil {
		log.Fatalf("echo: unknown mode %q", os.Args[1])
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
			echo(conn)
		}()
	}
}

func loop(conn net.Conn) {
	buffer := make([]byte, bufferSize)
	for {
		n, err := conn.Read(buffer)
		if n > 0 {
			if _, err := conn.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
