package io.lockkeeper.demo.model

import com.google.zxing.BarcodeFormat
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.MultiFormatReader
import com.google.zxing.RGBLuminanceSource
import com.google.zxing.ReaderException
import com.google.zxing.common.HybridBinarizer

/**
 * A picture.
 *
 * @property width in pixels
 * @property height in pixels
 * @property pixels row by row, each as 0xAARRGGBB
 */
class Picture(
    val width: Int,
    val height: Int,
    val pixels: IntArray,
)

/** A terminal may show the code light on dark. */
private val HINTS =
    mapOf(
        DecodeHintType.POSSIBLE_FORMATS to listOf(BarcodeFormat.QR_CODE),
        DecodeHintType.TRY_HARDER to true,
        DecodeHintType.ALSO_INVERTED to true,
    )

/** A code that cannot be found in a picture as it is, is often found in a smaller one. */
private const val SHRINKING = 1.25
private const val TRIES = 4

/** What the QR code in a picture says; null where none can be read. */
internal fun textOfCode(picture: Picture): String? = generateSequence(picture, ::shrunk).take(TRIES).firstNotNullOfOrNull(::read)

private fun read(picture: Picture): String? =
    try {
        val source = RGBLuminanceSource(picture.width, picture.height, picture.pixels)
        MultiFormatReader().decode(BinaryBitmap(HybridBinarizer(source)), HINTS).text
    } catch (_: ReaderException) {
        null
    }

private fun shrunk(picture: Picture): Picture {
    val width = (picture.width / SHRINKING).toInt()
    val height = (picture.height / SHRINKING).toInt()
    val pixels =
        IntArray(width * height) { at ->
            picture.pixels[(at / width * SHRINKING).toInt() * picture.width + (at % width * SHRINKING).toInt()]
        }
    return Picture(width, height, pixels)
}
