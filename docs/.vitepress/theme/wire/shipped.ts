// Loaded one by one, when asked for.
const urls = import.meta.glob<string>('../../../../test/captures/wire/*.pcap', {
  query: '?url',
  import: 'default',
});

/** A capture of the workbook: `chat`, `fragments`. */
export async function fetchShipped(name: string): Promise<Blob> {
  const url = await urls[`../../../../test/captures/wire/${name}.pcap`]();
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`${name}.pcap could not be loaded: the server answered ${response.status}`);
  return await response.blob();
}
