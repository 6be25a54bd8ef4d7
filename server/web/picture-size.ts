/** The width and height of a picture, in pixels. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** What markers of a JPEG tell its size: the beginnings of frames (ITU T.81, B.1.1.3), without the tables between them. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

/**
 * Reads how large a picture is out of its first bytes: a few of them may be millions of pixels, which every page that shows it
 * would have to hold. Undefined where they do not tell it.
 */
export function pictureSize(type: string, bytes: Buffer): PictureSize | undefined {
  try {
    switch (type) {
      case 'image/png':
        return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
      case 'image/gif':
        return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
      case 'image/webp':
        return ofWebp(bytes)
      case 'image/jpeg':
        return ofJpeg(bytes)
      default:
        return undefined
    }
  } catch (error) {
    // There are fewer bytes than that.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** https://developers.google.com/speed/webp/docs/riff_container, and RFC 6386 (9.1) for the old kind. */
function ofWebp(bytes: Buffer): PictureSize | undefined {
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
    default:
      return undefined
  }
}

/** Goes from marker to marker up to the first frame. */
function ofJpeg(bytes: Buffer): PictureSize | undefined {
  for (let at = 2; bytes.readUInt8(at) === 0xff; ) {
    const marker = bytes.readUInt8(at + 1)
    if (isFrame(marker)) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    // Bytes that only fill stand in front of a marker.
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}
