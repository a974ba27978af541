import { create, messageToJson, ModelConfigSchema, ModelMetadataResponseSchema, ModelStatisticsResponseSchema, writeJson } from '../../wire/index.js';
import { guarded, type Handler } from './context.js';

/** Answers of health: a status and no body. */
export const serverHealth: Handler = guarded('health', (exchange, { server }, [kind]) => {
  exchange.only('GET');
  exchange.reply((kind === 'live' ? server.live() : server.ready()) ? 200 : 400);
});

/** Whether a model serves. */
export const modelReady: Handler = guarded('health', async (exchange, { server }, [name = '', version = '']) => {
  exchange.only('GET');
  if (await server.modelReady(name, version)) exchange.reply(200);
  else exchange.replyJson('{"error":"Model version not ready"}', 400);
});

/** What the server says of itself. */
export const serverMetadata: Handler = guarded('metadata', (exchange, { server }) => {
  exchange.only('GET');
  const { name, version, extensions } = server.metadata;
  exchange.replyJson(writeJson({ name, version, extensions }));
});

/** What a model says of itself. */
export const modelMetadata: Handler = guarded('metadata', async (exchange, { server }, [name = '', version = '']) => {
  exchange.only('GET');
  exchange.replyJson(messageToJson(ModelMetadataResponseSchema, await server.modelMetadata(name, version)));
});

/** A model's configuration as completed. */
export const modelConfig: Handler = guarded('model-config', async (exchange, { server }, [name = '', version = '']) => {
  exchange.only('GET');
  exchange.replyJson(messageToJson(ModelConfigSchema, await server.modelConfig(name, version)));
});

/** Statistics of a model, or of all. */
export const modelStatistics: Handler = guarded('statistics', async (exchange, { server }, [name = '', version = '']) => {
  exchange.only('GET');
  const modelStats = await server.modelStatistics(name, version);
  exchange.replyJson(messageToJson(ModelStatisticsResponseSchema, create(ModelStatisticsResponseSchema, { modelStats })));
});
