// The Android app. app/pom.xml compiles it with the same versions where there is no Gradle.
plugins {
    // Brings Kotlin itself.
    id("com.android.application") version "9.1.0"
    id("org.jetbrains.kotlin.plugin.compose") version "2.4.21"
}

android {
    namespace = "io.lockkeeper.demo.android"
    compileSdk = 37

    defaultConfig {
        applicationId = "io.lockkeeper.demo"
        minSdk = 24
        targetSdk = 37
        versionCode = 1
        versionName = "0.1.0"
    }

    buildTypes {
        release {
            isMinifyEnabled = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    buildFeatures {
        compose = true
    }

    // The screens know no Android: Maven builds and tests them.
    sourceSets["main"].kotlin.srcDir("../screens/src/main/kotlin")
}

dependencies {
    // Said in full, with what they stand on: nobody has seen yet what Gradle makes of their POMs.
    implementation("io.lockkeeper:lock-keeper-android:0.1.0@aar")
    implementation("io.lockkeeper:lock-keeper:0.1.0")
    implementation("net.java.dev.jna:jna:5.19.1@aar")
    implementation("io.lockkeeper:lock-keeper-android-biometric:0.1.0@aar")

    implementation("com.google.zxing:core:3.5.3")
    implementation("androidx.core:core:1.19.1")
    implementation("androidx.activity:activity-compose:1.13.0")
    implementation("androidx.biometric:biometric:1.1.0")
    // What the prompt asks for is too old for the activities of today.
    implementation("androidx.fragment:fragment:1.8.9")
    implementation("androidx.compose.foundation:foundation:1.12.1")
    implementation("androidx.compose.material3:material3:1.4.0")
    implementation("androidx.lifecycle:lifecycle-viewmodel-compose:2.11.0")
}
