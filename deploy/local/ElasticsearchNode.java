import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** Runs one node until a signal: java -cp "server/*" ElasticsearchNode.java MODULES NAME=VALUE … */
class ElasticsearchNode {
    public static void main(String[] words) throws Exception {
        LogConfigurator.configureESLogging();
        LogConfigurator.configureWithoutConfig(Settings.EMPTY);
        Settings.Builder builder = Settings.builder();
        for (int place = 1; place < words.length; place++) {
            String[] setting = words[place].split("=", 2);
            builder.put(setting[0], setting[1]);
        }
        Settings settings = builder.build();
        Path config = Path.of(settings.get("path.home"), "config");
        var modules = PluginsLoader.loadModulesBundles(Path.of(words[0]));
        var loader = PluginsLoader.createPluginsLoader(modules, Set.of(), Map.of(), false);
        Node node = new Node(new Environment(settings, config), loader);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
        node.start();
        new CountDownLatch(1).await(); // its own threads do not keep the process alive
    }

    private static void close(Node node) {
        try {
            node.close();
        } catch (IOException failure) {
            failure.printStackTrace();
        }
    }
}
