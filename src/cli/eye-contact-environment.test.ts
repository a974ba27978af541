import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eyeContactEnvironment } from './eye-contact-environment.js';

test('an environment that says nothing says nothing', () => {
  assert.deepEqual(eyeContactEnvironment({}), {});
  assert.deepEqual(eyeContactEnvironment({ NIM_SSL_MODE: 'disabled', FILE_SIZE_LIMIT: '' }), {});
});

test('ports, concurrency by either name and the size of files are heard; the newer name counts', () => {
  assert.deepEqual(eyeContactEnvironment({ NIM_HTTP_API_PORT: '9000', NIM_GRPC_API_PORT: '50051', MAXINE_MAX_CONCURRENCY_PER_GPU: '3' }), {
    httpPort: 9000,
    grpcPort: 50_051,
    callsPerDevice: 3,
  });
  const both = { MAXINE_MAX_CONCURRENCY_PER_GPU: '3', NV_AI4M_MAX_CONCURRENCY_PER_GPU: '4', FILE_SIZE_LIMIT: '36700160' };
  assert.deepEqual(eyeContactEnvironment(both), { callsPerDevice: 4, maxFileBytes: 36_700_160 });
});

test('what is no number, or below what makes sense, is named', () => {
  assert.throws(() => eyeContactEnvironment({ NIM_GRPC_API_PORT: 'eighty' }), { code: 'CONFIG_INVALID', message: /NIM_GRPC_API_PORT.*"eighty"/ });
  assert.throws(() => eyeContactEnvironment({ MAXINE_MAX_CONCURRENCY_PER_GPU: '0' }), { message: /at least 1/ });
});

test('certificates are asked for as the mode needs them', () => {
  const files = { NIM_SSL_CERT_PATH: 'c', NIM_SSL_KEY_PATH: 'k' };
  assert.deepEqual(eyeContactEnvironment({ NIM_SSL_MODE: 'TLS', ...files }), { tls: { certPath: 'c', keyPath: 'k' } });
  assert.deepEqual(eyeContactEnvironment({ NIM_SSL_MODE: 'mtls', ...files, NIM_SSL_CA_CERTS_PATH: 'a' }), {
    tls: { certPath: 'c', keyPath: 'k', caPath: 'a' },
  });
  assert.throws(() => eyeContactEnvironment({ NIM_SSL_MODE: 'mtls', NIM_SSL_KEY_PATH: 'k' }), {
    message: /NIM_SSL_MODE=mtls needs NIM_SSL_CERT_PATH and NIM_SSL_CA_CERTS_PATH/,
  });
  assert.throws(() => eyeContactEnvironment({ NIM_SSL_MODE: 'yes' }), { message: /disabled, tls or mtls/ });
});
