package io.lockkeeper.demo.screens

import java.awt.image.BufferedImage
import java.awt.image.DataBuffer
import java.awt.image.IndexColorModel

private const val COLOURS = 256
private const val BITS = 8
private const val BYTE = 0xff

/** The same picture in its 256 most frequent colours, which make a file of a third of the size. */
internal fun withFewColours(picture: BufferedImage): BufferedImage {
    val pixels = picture.getRGB(0, 0, picture.width, picture.height, null, 0, picture.width)
    val counts = pixels.asList().groupingBy { it }.eachCount()
    val palette =
        counts.entries
            .sortedByDescending { it.value }
            .take(COLOURS)
            .map { it.key }
            .toIntArray()
    val nearest = counts.keys.associateWith { colour -> palette.indices.minBy { distance(palette[it], colour) } }
    val colours = IndexColorModel(BITS, palette.size, palette, 0, false, -1, DataBuffer.TYPE_BYTE)
    val few = BufferedImage(picture.width, picture.height, BufferedImage.TYPE_BYTE_INDEXED, colours)
    few.raster.setPixels(0, 0, picture.width, picture.height, IntArray(pixels.size) { nearest.getValue(pixels[it]) })
    return few
}

private fun distance(
    one: Int,
    other: Int,
): Int =
    listOf(0, BITS, 2 * BITS).sumOf { shift ->
        val apart = (one shr shift and BYTE) - (other shr shift and BYTE)
        apart * apart
    }
