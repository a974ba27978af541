/** Protocols of cameras and broadcasts: whatever comes over them comes when it is made. */
const ALWAYS_LIVE = /^(?:rtsps?|rtmp[a-z]*|udp|rtp|srt|mmsh?|mmst):/i;
/** Protocols that carry files as well as broadcasts; only what has an end is a file. */
const NETWORK = /^[a-z][a-z0-9+.-]+:\/\//i;
/** Demuxers of capture devices. */
const DEVICES = new Set(['v4l2', 'video4linux2', 'avfoundation', 'dshow', 'x11grab', 'gdigrab']);

/** Whether pictures come when they are made. `isTimed` says that the container tells a duration. */
export function isLive(uri: string, { container, isTimed }: { readonly container: string; readonly isTimed: boolean }): boolean {
  if (ALWAYS_LIVE.test(uri) || container.split(',').some((name) => DEVICES.has(name))) return true;
  return NETWORK.test(uri) && !uri.startsWith('file://') && !isTimed;
}
