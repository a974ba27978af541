import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { tarHeader } from '../archive/tar-writer.js';
import type { NpmSource } from '../port.js';
import type { FileServer } from './file-server.js';

/** A tar of files, gzipped as npm packs them; members may be given in raw form to make bad ones. */
export function packTar(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const members = Object.entries(files).flatMap(([path, bytes]) => [
    tarHeader(path, bytes.length),
    bytes,
    Buffer.alloc((512 - (bytes.length % 512)) % 512),
  ]);
  return gzipSync(Buffer.concat([...members, Buffer.alloc(1024)]));
}

/** SHA-256 in hex. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Subresource integrity as a registry states it. */
export const integrityOf = (bytes: Uint8Array): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

/** A package to publish. */
export interface FakePackage {
  readonly name: string;
  readonly version: string;
  /** Relative to the package; `package.json` is added. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** Where a package went. */
export interface Published {
  /** Path of the tarball on the server. */
  readonly path: string;
  readonly tarball: Buffer;
  /** A source of the catalogue that names the files in the order they were given. */
  readonly source: NpmSource;
}

/** Publishes a package on a file server as a registry at `origin` would: a packument and a tarball. For a proxy, which is asked by whole addresses, give `prefix` too. */
export function publish(server: FileServer, { name, version, files }: FakePackage, origin = server.origin, prefix = ''): Published {
  const inside = { 'package.json': Buffer.from(JSON.stringify({ name, version })), ...files };
  const tarball = packTar(Object.fromEntries(Object.entries(inside).map(([path, bytes]) => [`package/${path}`, bytes])));
  const path = `/${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
  const dist = { tarball: `${origin}${path}`, integrity: integrityOf(tarball) };
  const packument = { name, 'dist-tags': { latest: version }, versions: { [version]: { name, version, dist } } };
  server.serve(`${prefix}/${name.replace('/', '%2f')}`, { bytes: Buffer.from(JSON.stringify(packument)) });
  server.serve(`${prefix}${path}`, { bytes: tarball, etag: `"${version}"` });
  const wanted = Object.entries(files).map(([file, bytes]) => ({ path: file, sha256: sha256(bytes), bytes: bytes.length }));
  return { path: `${prefix}${path}`, tarball, source: { kind: 'npm', package: name, version, integrity: dist.integrity, files: wanted } };
}
