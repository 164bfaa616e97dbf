"""A TCP proxy that does to connections what a bad network does: drops them, cuts them in the middle
of a request or an answer, slows them down, swallows them for a while, and sends a request twice."""

import asyncio
import collections
import dataclasses
import socket
import struct
import threading

NO_LIMIT = 1 << 62


@dataclasses.dataclass(frozen=True)
class Fault:
    """What befalls one connection."""

    name: str
    # Bytes of the client, and of the server, that pass before it happens.
    request_bytes: int = NO_LIMIT
    answer_bytes: int = NO_LIMIT
    # The longest piece that is passed on at once, and the seconds before each.
    piece: int = 1 << 16
    pause: float = 0
    # Seconds in which nothing passes, once it has happened.
    hole: float = 0
    # After that: whether the connection goes on as if nothing had been, ends with a reset, or ends.
    resume: bool = False
    reset: bool = True
    # The first request, of HTTP/1.1, is sent once more on a connection of its own.
    twice: bool = False


class Cut(Exception):
    """The connection has had its fault."""


async def read_http(reader):
    """A request or answer of HTTP/1.1 whose length is given, whole."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return head + await reader.readexactly(int(value))
    return head


class Passage:
    """A connection from a client, and the one to the server that belongs to it."""

    def __init__(self, proxy, fault, client, server):
        self.proxy = proxy
        self.fault = fault
        self.client = client
        self.server = server
        self.left = {"request": fault.request_bytes, "answer": fault.answer_bytes}
        self.open = asyncio.Event()
        self.open.set()

    async def run(self):
        """Until both ends are done, or the fault ends it."""
        tasks = [asyncio.create_task(self.requests()), asyncio.create_task(self.answers())]
        try:
            await asyncio.gather(*tasks)
        except (Cut, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for _, writer in (self.client, self.server):
                end(writer, reset=self.fault.reset)

    async def requests(self):
        reader, writer = self.client[0], self.server[1]
        if self.fault.twice:
            request = await read_http(reader)
            writer.write(request)
            self.proxy.start(self.proxy.send_alone(request))
            self.proxy.happened[self.fault.name] += 1
        await self.pass_on("request", reader, writer)

    async def answers(self):
        await self.pass_on("answer", self.server[0], self.client[1])

    async def pass_on(self, direction, reader, writer):
        while data := await reader.read(self.fault.piece):
            if self.fault.pause:
                self.proxy.happened[self.fault.name] += 1
                await asyncio.sleep(self.fault.pause)
            await self.open.wait()
            data, rest = data[: self.left[direction]], data[self.left[direction] :]
            self.left[direction] -= len(data)
            writer.write(data)
            await writer.drain()
            if self.left[direction] == 0:
                await self.happen()
                self.left[direction] = NO_LIMIT
                writer.write(rest)
        writer.write_eof()

    async def happen(self):
        self.proxy.happened[self.fault.name] += 1
        if self.fault.hole:
            self.open.clear()
            await asyncio.sleep(self.fault.hole)
            self.open.set()
        if not self.fault.resume:
            raise Cut


def end(writer, reset):
    """Ends a connection at once; what is not sent yet is lost."""
    if reset:
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


class Proxy:
    """Listens on `port` and passes on to a server on this machine, in a thread of its own.

    Connections get the `faults` in turn, each one, without an end. How often each happened is in `happened`, and what the
    server answered to requests that it sent besides, in `second_answers`."""

    def __init__(self, server_port, faults):
        self.server_port = server_port
        self.faults = iter(faults)
        self.happened = collections.Counter()
        self.second_answers = []
        self._loop = asyncio.new_event_loop()
        self._passages = set()
        self._besides = []
        self._listener = self._loop.run_until_complete(
            asyncio.start_server(self._connected, "127.0.0.1", 0)
        )
        self.port = self._listener.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self):
        """Ends every connection."""
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=60)
        self._loop.close()

    def finish_second(self):
        """Waits until everything that was sent besides is answered."""
        self._call(self._finish())

    def _call(self, coroutine):
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=120)

    async def _end(self):
        self._listener.close()
        for passage in self._passages:
            passage.cancel()
        await asyncio.gather(*self._passages, return_exceptions=True)

    async def _finish(self):
        await asyncio.gather(*self._besides)

    async def _connected(self, reader, writer):
        self._passages.add(asyncio.current_task())
        fault = next(self.faults)
        try:
            if fault.request_bytes == 0:
                self.happened[fault.name] += 1
                end(writer, fault.reset)
                return
            server = await asyncio.open_connection("127.0.0.1", self.server_port)
            await Passage(self, fault, (reader, writer), server).run()
        finally:
            self._passages.discard(asyncio.current_task())

    def start(self, coroutine):
        """Runs beside the connections, and is not ended with them."""
        self._besides.append(asyncio.ensure_future(coroutine))

    async def send_alone(self, request):
        """A request of HTTP on a connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        try:
            writer.write(request)
            self.second_answers.append(await read_http(reader))
        finally:
            end(writer, reset=False)
