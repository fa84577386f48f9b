"""Who talks to a kernel: without waiting for nothing, and without believing that it is honest."""

from contextlib import suppress
from queue import Empty
from time import monotonic

import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from traitlets import default

#: Bytes of a message from a kernel. One that is larger is dropped before it takes memory here.
LARGEST = 50_000_000


class Client(AsyncKernelClient):
    """A client for nbclient, which goes on as soon as the kernel answers.

    jupyter_client's own waits for a fifth of a second whether there are other messages to be thrown
    away. nbclient takes none that doesn't belong to the cell it runs.

    Examples
    --------
    >>> from jupyter_client.manager import AsyncKernelManager
    >>> type(AsyncKernelManager(client_factory=Client).client()).__name__
    'Client'
    """

    @default("context")
    def _context_default(self) -> zmq.asyncio.Context:
        self._created_context = True
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST)
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers.

        Parameters
        ----------
        timeout : float, optional
            Seconds; no limit by default.

        Raises
        ------
        RuntimeError
            If the kernel has died, or the time is over.
        """
        ends = monotonic() + (float("inf") if timeout is None else timeout)
        while monotonic() < ends:
            self.kernel_info()
            with suppress(Empty):
                answer = await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.2)  # without it outputs would get lost
                self._handle_kernel_info_reply(answer)
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")
