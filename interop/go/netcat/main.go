// Netcat copies standard input to a TCP connection and the connection to standard output. At the end of its input it
// closes the write half and waits for the rest.
package main

import (
	"io"
	"log"
	"net"
	"os"
)

func main() {
	conn, err := net.Dial("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	tcp := conn.(*net.TCPConn)
	done := make(chan error)
	go func() {
		_, err := io.Copy(os.Stdout, tcp)
		done <- err
	}()
	if _, err := io.Copy(tcp, os.Stdin); err != nil {
		log.Print(err)
	}
	tcp.CloseWrite()
	if err := <-done; err != nil {
		log.Fatal(err)
	}
	tcp.Close()
}
