/** A ticket for a new user of this name; a session asks for one more of the same user. */
export async function ticketFor(
  host: string,
  name: string,
  headers: Record<string, string>,
  session?: string,
): Promise<string> {
  const { ticket } = (await post(`http://${host}/ticket`, {
    ...headers,
    Authorization: `Bearer ${session ?? (await sessionFor(host, name, headers))}`,
  })) as { ticket: string };
  return ticket;
}

export async function sessionFor(
  host: string,
  name: string,
  headers: Record<string, string>,
): Promise<string> {
  const { session } = (await post(`http://${host}/session`, headers, { name })) as { session: string };
  return session;
}

async function post(url: string, headers: Record<string, string>, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: body ? { 'Content-Type': 'application/json', ...headers } : headers,
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return await response.json();
}
