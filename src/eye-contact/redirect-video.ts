import type { Log } from '../core/index.js';
import {
  type ByteSink,
  type ByteSource,
  type MediaInfo,
  rewriteVideo,
  type RewriteSummary,
  type VideoEncoding,
  type VideoInfo,
} from '../media/index.js';
import type { GazeRedirector } from './port.js';

/** How far a video is. */
export interface RedirectProgress {
  /** Frames done. */
  readonly frames: number;
  /** Frames of the whole video; absent where its container does not say. */
  readonly total?: number;
  /** Faces followed on the frame that was done last. */
  readonly faces: number;
}

/** A video, and how its eyes are redirected. */
export interface RedirectVideoOptions {
  /** A file, or bytes as they come: then the index must stand before the pictures, as in a video made for streaming. */
  readonly input: string | ByteSource;
  /** A file, which gets an MP4 with its index in front, or whoever takes the bytes of a fragmented MP4. */
  readonly output: string | ByteSink;
  readonly overwrite?: boolean;
  /** Made for this one video; the caller closes it. */
  readonly redirector: GazeRedirector;
  /** Constant quality when absent. */
  readonly encoding?: VideoEncoding | ((video: VideoInfo) => VideoEncoding);
  readonly onInfo?: (info: MediaInfo & { readonly video: VideoInfo }) => void;
  readonly onProgress?: (progress: RedirectProgress) => void;
  /** Ends the work with CANCELLED. */
  readonly signal?: AbortSignal;
  /** Ends the video early but well: what was done until then is complete and plays. */
  readonly stop?: AbortSignal;
  readonly log?: Log;
}

/** What became of a video. */
export interface RedirectSummary extends RewriteSummary {
  /** Frames on which at least one face was followed. */
  readonly framesWithFace: number;
  /** Most faces followed on one frame. */
  readonly mostFaces: number;
}

/**
 * Redirects the eyes of a whole video. Frames, their times, sound, subtitles, colour tags and rotation are kept; a pixel that no patch
 * covers is encoded as it was decoded.
 * @throws Fault as `rewriteVideo`, and what the redirector throws
 */
export async function redirectVideo(options: RedirectVideoOptions): Promise<RedirectSummary> {
  const { redirector, encoding = {}, onProgress, onInfo, ...others } = options;
  let total: number | undefined;
  let framesWithFace = 0;
  let mostFaces = 0;
  const summary = await rewriteVideo({
    ...others,
    encoding,
    onInfo: (info) => {
      total = info.video.frameCount;
      onInfo?.(info);
    },
    edit: async ({ size, rgb, number, seconds }) => {
      const { patches, faces } = await redirector.redirect({ size, data: rgb }, seconds);
      if (faces > 0) framesWithFace++;
      mostFaces = Math.max(mostFaces, faces);
      onProgress?.({ frames: number + 1, faces, ...(total !== undefined && { total }) });
      return patches;
    },
  });
  return { ...summary, framesWithFace, mostFaces };
}
