pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
        // Where `mvn -Pandroid install` in bindings/kotlin puts the AAR, until it is released.
        mavenLocal()
    }
}

rootProject.name = "lock-keeper-demo"
