/** What a month of images is, and what it uses. */
import type { PriceName } from './prices';

export interface Workload {
  /** Uploads in a month. */
  images: number;
  /** Objects below the prefix of uploads, in a month, that aren't named like images. */
  others: number;
  /** Of an upload, on average; MB as S3 counts them, 2^20 bytes. */
  megabytes: number;
  /** Share of the uploads that are HEIC, 0 to 1. */
  heic: number;
  /** Share of the uploads that fail, 0 to 1. */
  failing: number;
  /** Months for which originals and thumbnails are kept, which decides how much is stored. */
  monthsKept: number;
  /** Thumbnails that people see in a month, if the stack delivers them. */
  views: number;
  /** Share of the images whose variants on request are ever asked for, 0 to 1. */
  seen: number;
}

/** The same mix with another number of images: what grows with them does. */
export function withImages(workload: Workload, images: number): Workload {
  const factor = images / workload.images;
  return { ...workload, images, others: workload.others * factor, views: workload.views * factor };
}

/** One line of the bill, before it is priced. */
export interface Usage {
  service: string;
  what: string;
  price: PriceName;
  /** In units of the price. */
  quantity: number;
}
