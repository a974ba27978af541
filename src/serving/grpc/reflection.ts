import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type DescFile, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { Message, Method } from '../../wire/grpc.js';
import { file_grpc_service, file_health, file_model_config } from '../../wire/index.js';

/** What a client of reflection asks: fields of ServerReflectionRequest. */
interface Question {
  readonly kind: 'file' | 'symbol' | 'list' | 'other';
  readonly text: string;
}

const FILES: readonly DescFile[] = [file_grpc_service, file_model_config, file_health];

const sized = (field: number): number => (field << 3) | WireType.LengthDelimited;

/** Names that a file defines, its services and messages, also those within others. */
function symbolsOf(file: DescFile): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (message: DescFile['messages'][number]): void => {
    names.add(message.typeName);
    for (const inner of message.nestedMessages) add(inner);
    for (const inner of message.nestedEnums) names.add(inner.typeName);
  };
  for (const message of file.messages) add(message);
  for (const each of file.enums) names.add(each.typeName);
  for (const service of file.services) {
    names.add(service.typeName);
    for (const method of service.methods) names.add(`${service.typeName}.${method.name}`);
  }
  return names;
}

function readQuestion(bytes: Uint8Array): Question {
  const reader = new BinaryReader(bytes);
  let question: Question = { kind: 'other', text: '' };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === sized(3)) question = { kind: 'file', text: reader.string() };
    else if (tag === sized(4)) question = { kind: 'symbol', text: reader.string() };
    else if (tag === sized(7)) question = { kind: 'list', text: reader.string() };
    else reader.skip(tag & 7, tag >>> 3);
  }
  return question;
}

/** A file and those that it needs, as FileDescriptorResponse. */
function writeFiles(writer: BinaryWriter, file: DescFile): void {
  writer.uint32(sized(4)).fork();
  for (const each of [file, ...file.dependencies]) writer.uint32(sized(1)).bytes(toBinary(FileDescriptorProtoSchema, each.proto));
  writer.join();
}

function writeServices(writer: BinaryWriter, files: readonly DescFile[]): void {
  writer.uint32(sized(6)).fork();
  const names = files.flatMap(({ services }) => services.map(({ typeName }) => typeName));
  for (const name of names) writer.uint32(sized(1)).fork().uint32(sized(1)).string(name).join();
  writer.join();
}

const NOT_FOUND = 5;

function answer(request: Uint8Array, files: readonly DescFile[]): Uint8Array {
  const { kind, text } = readQuestion(request);
  const writer = new BinaryWriter();
  writer.uint32(sized(2)).bytes(request);
  const file = files.find((each) => (kind === 'file' ? each.proto.name === text : kind === 'symbol' && symbolsOf(each).has(text)));
  if (kind === 'list') writeServices(writer, files);
  else if (file) writeFiles(writer, file);
  else {
    writer
      .uint32(sized(7))
      .fork()
      .uint32(1 << 3)
      .int32(NOT_FOUND);
    writer
      .uint32(sized(2))
      .string(`${text || 'that'} is not known here`)
      .join();
  }
  return writer.finish();
}

/** `ServerReflection.ServerReflectionInfo`: tells tools such as grpcurl what the services of `files` look like; those of KServe unless told. */
export const reflectionMethod = (files: readonly DescFile[] = FILES): Method => ({
  kind: 'stream',
  async *handle(requests: AsyncIterable<Uint8Array>): AsyncGenerator<Message> {
    for await (const request of requests) yield answer(request, files);
  },
});

/** Both names under which tools look for it. */
export const REFLECTION_PATHS = ['v1', 'v1alpha'].map((version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`);
