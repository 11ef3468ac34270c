package io.lockkeeper.demo

import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter
import io.lockkeeper.demo.model.Picture
import java.awt.Color
import java.awt.Rectangle
import java.awt.image.BufferedImage

private const val CELL_WIDTH = 8
private const val CELL_HEIGHT = 17
private const val HALF = CELL_HEIGHT / 2
private const val MARGIN = 80

private const val SIDE = 300
private const val WHITE = -1
private const val BLACK = 0xff shl 24

/** A picture of the QR code of `text`. */
internal fun pictureOf(text: String): Picture {
    val code = QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, SIDE, SIDE)
    return Picture(SIDE, SIDE, IntArray(SIDE * SIDE) { if (code[it % SIDE, it / SIDE]) BLACK else WHITE })
}

/** A terminal, and a person who takes pictures of it. */
internal class Terminal(
    private val letters: Color = Color(0xDD, 0xDD, 0xDD),
    private val ground: Color = Color(0x22, 0x22, 0x22),
) {
    /** A picture of the blocks in what it shows, held a bit askew: `tilt` in radians. */
    fun picture(
        shown: String,
        tilt: Double = 0.0,
    ): Picture {
        val rows = shown.lines().takeWhile { it.isNotEmpty() }
        val picture =
            BufferedImage(rows[0].length * CELL_WIDTH + 2 * MARGIN, rows.size * CELL_HEIGHT + 2 * MARGIN, BufferedImage.TYPE_INT_RGB)
        val pen = picture.createGraphics()
        pen.color = ground
        pen.fillRect(0, 0, picture.width, picture.height)
        pen.rotate(tilt, picture.width / 2.0, picture.height / 2.0)
        pen.translate(MARGIN, MARGIN)
        pen.color = letters
        for ((y, row) in rows.withIndex()) for ((x, character) in row.withIndex()) blockOf(character, x, y)?.let(pen::fill)
        pen.dispose()
        return Picture(picture.width, picture.height, picture.getRGB(0, 0, picture.width, picture.height, null, 0, picture.width))
    }

    private fun blockOf(
        character: Char,
        x: Int,
        y: Int,
    ): Rectangle? {
        val left = x * CELL_WIDTH
        val top = y * CELL_HEIGHT
        return when (character) {
            '█' -> Rectangle(left, top, CELL_WIDTH, CELL_HEIGHT)
            '▀' -> Rectangle(left, top, CELL_WIDTH, HALF)
            '▄' -> Rectangle(left, top + HALF, CELL_WIDTH, CELL_HEIGHT - HALF)
            else -> null
        }
    }
}
