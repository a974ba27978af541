import { Command } from 'commander';
import type { CliContext } from './context.js';
import { addFlags, addFrontFlags, type Flag, type FrontFlags, type Parse, seconds, text } from './front-flags.js';
import { more } from './option-values.js';

/** What the flags say. */
export interface RouteFlags extends FrontFlags {
  readonly server?: readonly string[];
  readonly pollSecs: number;
  readonly serverTokenFile?: string;
  readonly serverRootCert?: string;
  readonly serverClientCert?: string;
  readonly serverClientKey?: string;
}

const FLAGS: readonly Flag[] = [
  ['--server <address>', 'gRPC address of a server, host:port, or https://host:port with TLS; once for each', more as Parse],
  ['--poll-secs <n>', 'how often servers are asked whether they are ready', seconds, 1],
  ['--server-token-file <file>', 'a file with the token that the servers ask for', text],
  ['--server-root-cert <file>', "authority of the servers' certificates, PEM", text],
  ['--server-client-cert <file>', 'certificate to show to the servers, PEM', text],
  ['--server-client-key <file>', 'its key, PEM', text],
];

/** `ocellus route --server HOST:PORT...` */
export function routeCommand(context: CliContext): Command {
  const command = new Command('route')
    .summary('route requests to several model servers')
    .description(
      'Stands before several servers of KServe v2 (ocellus serve, Triton) and answers like one: a sequence stays on its server, everything else ' +
        'goes to the least loaded, and what changes models goes to all. HTTP on port 8000, gRPC on 8001, metrics on 8002, for this machine ' +
        'unless an address is given.',
    );
  return addFrontFlags(addFlags(command, FLAGS))
    .addHelpText(
      'after',
      '\nExamples:\n  ocellus route --server 10.0.0.1:8001 --server 10.0.0.2:8001 --http-address 0.0.0.0 --grpc-address 0.0.0.0\n' +
        '  ocellus route --server https://gpu1:8001 --server-root-cert ca.pem --server-token-file token.txt --drain-secs 30\n',
    )
    .action(async (flags: RouteFlags) => {
      const { runRoute } = await import('./run-route.js');
      await runRoute(flags, context);
    });
}
