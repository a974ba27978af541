import { fail } from '../../core/index.js';

/** A model on a server, as an address says it. */
export interface EngineAddress {
  readonly protocol: 'grpc' | 'http';
  /** For a client: `http://host:port` or `https://host:port`. */
  readonly server: string;
  /** '' where the address names no model. */
  readonly model: string;
  /** '' leaves the choice to the server. */
  readonly version: string;
}

/** Schemes, with the protocol that each stands for. */
const SCHEMES: Readonly<Record<string, readonly [EngineAddress['protocol'], 'http' | 'https']>> = {
  kserve: ['grpc', 'http'],
  kserves: ['grpc', 'https'],
  'kserve+http': ['http', 'http'],
  'kserve+https': ['http', 'https'],
};

/**
 * Reads `kserve://host:port/model/version` (gRPC; `kserves` with TLS) or `kserve+http://...` (`kserve+https`). Model and version may be absent.
 * @throws Fault CONFIG_INVALID
 */
export function parseEngineUrl(url: string): EngineAddress {
  const wrong = (why: string): never =>
    fail('CONFIG_INVALID', `"${url}" is no engine: ${why}; write kserve://host:8001/model or kserve+http://host:8000/model`);
  const [, scheme = '', host = '', path = ''] = /^([a-z+]+):\/\/([^/?#]*)(?:\/(.*))?$/i.exec(url) ?? wrong('it is no address');
  const [protocol, plain] = Object.hasOwn(SCHEMES, scheme.toLowerCase())
    ? SCHEMES[scheme.toLowerCase()]!
    : wrong(`there is no scheme ${scheme}, only ${Object.keys(SCHEMES).join(', ')}`);
  if (host === '' || !URL.canParse(`http://${host}`)) wrong('it names no host');
  if (host.includes('@')) wrong('user and password do not belong there');
  const [model = '', version = '', ...more] = path.replace(/\/$/, '').split('/').map(decodeURIComponent);
  if (more.length > 0 || (version !== '' && !/^[1-9]\d*$/.test(version))) wrong('behind the host stand a model and perhaps the number of a version');
  return { protocol, server: `${plain}://${host}`, model, version };
}
