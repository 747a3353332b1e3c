/** What a feed is told with. */
export interface FeedHandlers<Messages extends object> {
  /** By the names of the messages; what has no handler is dropped. */
  readonly messages: { readonly [Name in keyof Messages]?: (message: Messages[Name]) => void };
  /** Called when the feed opens, and when it is lost. */
  readonly onState: (isOpen: boolean) => void;
}

/** A running feed. */
export interface Feed {
  /** Ends it; nothing is called afterwards. */
  close(): void;
}

const MIN_RETRY_DELAY = 500;
const MAX_RETRY_DELAY = 5000;

/**
 * Follows the server-sent events of an address, whose data is JSON, until it is closed. A feed that is lost, or refused,
 * is opened again by itself, after half a second at first and 5 s at most.
 */
export function openFeed<Messages extends object>(
  address: string,
  { messages, onState }: FeedHandlers<Messages>,
): Feed {
  let source: EventSource | null = null;
  let timer: number | undefined;
  let delay = MIN_RETRY_DELAY;
  const open = (): void => {
    const opened = new EventSource(address);
    source = opened;
    opened.addEventListener("open", () => {
      delay = MIN_RETRY_DELAY;
      onState(true);
    });
    opened.addEventListener("error", () => {
      // Left to itself a source gives up for good when the server answers with anything but a feed.
      opened.close();
      onState(false);
      timer = window.setTimeout(open, delay);
      delay = Math.min(delay * 2, MAX_RETRY_DELAY);
    });
    for (const [name, handle] of Object.entries(messages) as [string, (message: unknown) => void][]) {
      opened.addEventListener(name, (event: MessageEvent<string>) => handle(JSON.parse(event.data)));
    }
  };
  open();
  return {
    close() {
      window.clearTimeout(timer);
      source?.close();
    },
  };
}
