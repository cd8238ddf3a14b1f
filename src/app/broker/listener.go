//go:build js && wasm

package main

import (
	"io"
	"net"
	"sync"
	"syscall/js"
	"time"
)

type address string

func (a address) Network() string { return "tcp" }
func (a address) String() string  { return string(a) }

// conn is a TCP connection whose socket JavaScript holds: it pushes what arrives, and takes writes.
type conn struct {
	id     int
	remote address
	local  address
	mutex  sync.Mutex
	more   *sync.Cond
	buffer []byte
	ended  bool
}

func (c *conn) Read(into []byte) (int, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for len(c.buffer) == 0 && !c.ended {
		c.more.Wait()
	}
	if len(c.buffer) == 0 {
		return 0, io.EOF
	}
	n := copy(into, c.buffer)
	c.buffer = c.buffer[n:]
	return n, nil
}

func (c *conn) Write(bytes []byte) (int, error) {
	c.mutex.Lock()
	ended := c.ended
	c.mutex.Unlock()
	if ended {
		return 0, net.ErrClosed
	}
	array := js.Global().Get("Uint8Array").New(len(bytes))
	js.CopyBytesToJS(array, bytes)
	js.Global().Call("socketWrite", c.id, array)
	return len(bytes), nil
}

func (c *conn) push(bytes []byte) {
	c.mutex.Lock()
	c.buffer = append(c.buffer, bytes...)
	c.more.Broadcast()
	c.mutex.Unlock()
}

func (c *conn) end() {
	c.mutex.Lock()
	c.ended = true
	c.more.Broadcast()
	c.mutex.Unlock()
}

func (c *conn) Close() error {
	c.end()
	js.Global().Call("socketClose", c.id)
	return nil
}

func (c *conn) LocalAddr() net.Addr              { return c.local }
func (c *conn) RemoteAddr() net.Addr             { return c.remote }
func (c *conn) SetDeadline(time.Time) error      { return nil }
func (c *conn) SetReadDeadline(time.Time) error  { return nil }
func (c *conn) SetWriteDeadline(time.Time) error { return nil }

// listener hands out the connections that JavaScript accepts.
type listener struct {
	local    address
	accepted chan *conn
	closed   chan struct{}
	once     sync.Once
}

// newListener sets the functions that JavaScript calls: socketAccepted(id, remote), socketData(id,
// bytes) and socketEnded(id).
func newListener(local string) *listener {
	l := &listener{local: address(local), accepted: make(chan *conn, 64), closed: make(chan struct{})}
	conns := map[int]*conn{}
	js.Global().Set("socketAccepted", js.FuncOf(func(_ js.Value, args []js.Value) any {
		c := &conn{id: args[0].Int(), remote: address(args[1].String()), local: l.local}
		c.more = sync.NewCond(&c.mutex)
		conns[c.id] = c
		l.accepted <- c
		return nil
	}))
	js.Global().Set("socketData", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if c := conns[args[0].Int()]; c != nil {
			bytes := make([]byte, args[1].Length())
			js.CopyBytesToGo(bytes, args[1])
			c.push(bytes)
		}
		return nil
	}))
	js.Global().Set("socketEnded", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if c := conns[args[0].Int()]; c != nil {
			c.end()
			delete(conns, args[0].Int())
		}
		return nil
	}))
	return l
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accepted:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *listener) Addr() net.Addr { return l.local }
