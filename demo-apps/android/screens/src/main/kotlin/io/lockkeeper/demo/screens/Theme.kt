package io.lockkeeper.demo.screens

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.ReadOnlyComposable
import androidx.compose.ui.graphics.Color

private val LIGHT =
    lightColorScheme(
        primary = Color(0xFF00658B),
        onPrimary = Color(0xFFFFFFFF),
        primaryContainer = Color(0xFFC4E7FF),
        onPrimaryContainer = Color(0xFF001E2C),
        secondary = Color(0xFF4E616D),
        onSecondary = Color(0xFFFFFFFF),
        secondaryContainer = Color(0xFFD1E5F4),
        onSecondaryContainer = Color(0xFF0A1E28),
        tertiary = Color(0xFF1F6B3A),
        onTertiary = Color(0xFFFFFFFF),
        tertiaryContainer = Color(0xFFB4F1BE),
        onTertiaryContainer = Color(0xFF00210B),
        background = Color(0xFFF7FAFD),
        onBackground = Color(0xFF181C1F),
        surface = Color(0xFFF7FAFD),
        onSurface = Color(0xFF181C1F),
        surfaceVariant = Color(0xFFDCE3E9),
        onSurfaceVariant = Color(0xFF41484D),
        surfaceContainerLow = Color(0xFFF1F4F8),
        surfaceContainer = Color(0xFFEBEEF2),
        surfaceContainerHigh = Color(0xFFE5E8EC),
        surfaceContainerHighest = Color(0xFFE0E3E7),
        outline = Color(0xFF6E767C),
        outlineVariant = Color(0xFFC0C7CD),
    )

private val DARK =
    darkColorScheme(
        primary = Color(0xFF7CD0FF),
        onPrimary = Color(0xFF00344A),
        primaryContainer = Color(0xFF004C6A),
        onPrimaryContainer = Color(0xFFC4E7FF),
        secondary = Color(0xFFB5C9D7),
        onSecondary = Color(0xFF20333E),
        secondaryContainer = Color(0xFF374955),
        onSecondaryContainer = Color(0xFFD1E5F4),
        tertiary = Color(0xFF99D5A4),
        onTertiary = Color(0xFF003919),
        tertiaryContainer = Color(0xFF0D5227),
        onTertiaryContainer = Color(0xFFB4F1BE),
        background = Color(0xFF101417),
        onBackground = Color(0xFFE0E3E7),
        surface = Color(0xFF101417),
        onSurface = Color(0xFFE0E3E7),
        surfaceVariant = Color(0xFF41484D),
        onSurfaceVariant = Color(0xFFC0C7CD),
        surfaceContainerLow = Color(0xFF181C1F),
        surfaceContainer = Color(0xFF1C2023),
        surfaceContainerHigh = Color(0xFF272A2E),
        surfaceContainerHighest = Color(0xFF313539),
        outline = Color(0xFF8A9297),
        outlineVariant = Color(0xFF41484D),
    )

/** The colours of the app, as light or dark as the system wants it. */
@Composable
internal fun DemoTheme(
    dark: Boolean = isSystemInDarkTheme(),
    content: @Composable () -> Unit,
) {
    MaterialTheme(colorScheme = if (dark) DARK else LIGHT, content = content)
}

/** The colour of what is as it should be. */
internal val MaterialTheme.good: Color
    @Composable @ReadOnlyComposable
    get() = colorScheme.tertiary
