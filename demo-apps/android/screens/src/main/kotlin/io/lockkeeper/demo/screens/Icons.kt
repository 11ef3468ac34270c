package io.lockkeeper.demo.screens

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.graphics.vector.addPathNodes
import androidx.compose.ui.unit.dp

/** The app's icons, drawn with one pen on a field of 24 by 24. */
internal object Icons {
    val Lock = icon("Lock", "M6 11h12v9H6z M9 11V8a3 3 0 0 1 6 0v3 M12 14.5v2")
    val Key = icon("Key", "M12 8a4 4 0 1 1-8 0a4 4 0 1 1 8 0z M11 11l8 8 M15.5 15.5l2.5-2.5 M19 19l1.5-1.5")
    val Log = icon("Log", "M5 6h.5 M9 6h10 M5 12h.5 M9 12h10 M5 18h.5 M9 18h10")
    val Anew = icon("Anew", "M19 12a7 7 0 1 1-2.1-5 M17.5 3v4.2h-4.2")
    val Person = icon("Person", "M15.5 8a3.5 3.5 0 1 1-7 0a3.5 3.5 0 1 1 7 0z M5 20c0-4 3-6 7-6s7 2 7 6")
    val Verified = icon("Verified", "M12 3l7 3v5c0 5-3 8-7 10c-4-2-7-5-7-10V6z M8.5 12l2.5 2.5l4.5-5")
    val Warning = icon("Warning", "M12 4l9 16H3z M12 10v4 M12 17v.2")
}

private const val FIELD = 24f
private const val PEN = 2f

private fun icon(
    name: String,
    path: String,
): ImageVector =
    ImageVector
        .Builder(name, FIELD.dp, FIELD.dp, FIELD, FIELD)
        .addPath(
            pathData = addPathNodes(path),
            stroke = SolidColor(Color.Black),
            strokeLineWidth = PEN,
            strokeLineCap = StrokeCap.Round,
            strokeLineJoin = StrokeJoin.Round,
        ).build()
